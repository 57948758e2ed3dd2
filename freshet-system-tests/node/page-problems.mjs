/**
 * Collects what a page must not do: throw, log errors, get refused or fail a request, ask anyone but its own server.
 * Returns the list, which grows. `isExpected` takes a problem's text and lets those pass that a test brings about.
 */
export function watchProblems(page, url, isExpected = () => false) {
  const problems = [];
  const note = (problem) => {
    if (!isExpected(problem)) problems.push(problem);
  };
  const hosts = new Set([new URL(url).host]);
  page.on("pageerror", (error) => note(`threw ${error}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") note(`logged ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!hosts.has(new URL(request.url()).host)) note(`asked elsewhere: ${request.url()}`);
  });
  page.on("websocket", (socket) => {
    if (!hosts.has(new URL(socket.url()).host)) note(`opened a socket elsewhere: ${socket.url()}`);
  });
  page.on("requestfailed", (request) => note(`request failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) note(`was answered ${response.status()}: ${response.url()}`);
  });
  return problems;
}
