// Loads the page again when the program was rebuilt. Only in development.

const first = await alive();

async function alive(): Promise<string | undefined> {
  try {
    const answer = await fetch("/dev/alive");
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}

setInterval(async () => {
  const now = await alive();
  if (now !== undefined && now !== first) location.reload();
}, 500);

export {};
