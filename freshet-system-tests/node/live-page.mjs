/** Fills in the sign-in form of the server's page. */
export async function signIn(page, url, email, password) {
  await page.goto(url);
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await page.click("button[type=submit]");
}

/** Posts events with a write key; throws unless they are accepted. */
export async function post(url, writeKey, events) {
  const response = await fetch(`${url}/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${writeKey}`, "content-type": "application/json" },
    body: JSON.stringify(events),
  });
  if (response.status !== 202) {
    throw new Error(`events were answered ${response.status}: ${await response.text()}`);
  }
}

/** Waits until the page shows this many events in the last hour. */
export function showsEvents(page, wanted, limitMs) {
  return page.waitForSelector(`[data-testid=value-events-last-hour][data-value='${wanted}']`, { timeout: limitMs });
}
