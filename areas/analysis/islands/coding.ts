// The coding workspace, made quick: marking by mouse and by keyboard, windows that load while reading. The page is
// complete without it; this only adds to what is there.

import { Desk } from "./coding/desk.ts";

customElements.define("coding-desk", Desk);
