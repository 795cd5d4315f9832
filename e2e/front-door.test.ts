// The first thing anyone sees, in each language, and the door for each person of the demo.

import assert from "node:assert/strict";
import { walk } from "./harness.ts";

for (const language of ["nb", "nn", "en"]) {
  walk(`the start page answers in ${language} and anyone can use it`, async ({ asVisitor, axe, fits, shot, hub }) => {
    const page = await asVisitor();
    await page.locator(`footer a[href*="lang=${language}"]`).click();
    assert.equal(await page.locator("html").getAttribute("lang"), language);
    await page.goto(hub.base);
    assert.equal(await page.locator("html").getAttribute("lang"), language, "the choice is kept");
    assert.equal(await page.locator("h1").count(), 1);
    await axe(page);
    await fits(page);
    await shot(page, `front-door-${language}`);
  });
}

walk("the first stop of the tab key leads past the menu", async ({ asVisitor }) => {
  const page = await asVisitor();
  await page.keyboard.press("Tab");
  const target = await page.evaluate(() => document.activeElement?.getAttribute("href"));
  assert.match(target ?? "", /^#./);
  assert.equal(await page.locator(target ?? "").count(), 1, `${target} is on the page`);
});

walk("everyone in the demo comes in, with script and without", async ({ hub, asPerson, axe }) => {
  const roles = Object.keys(hub.people);
  assert.ok(roles.includes("hub_lead"), `demo.json names ${roles.join(", ")}`);
  for (const role of roles) {
    for (const script of [true, false]) {
      const page = await asPerson(role, { script });
      assert.equal(await page.locator("h1").count(), 1, `${role} lands on a page with one heading`);
      assert.ok(!page.url().includes("sign"), `${role} is past the door: ${page.url()}`);
      if (script) await axe(page);
    }
  }
});
