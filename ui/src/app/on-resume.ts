/** Call back when the network is back or the page is visible again. */
export function onResume(resume: () => void): void {
  addEventListener("online", resume);
  addEventListener("pageshow", (event) => event.persisted && resume());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && resume());
}
