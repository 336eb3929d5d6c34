import { ref } from "lit/directives/ref.js";

/** Opens a `<dialog>` over the page for as long as it is rendered. */
export function modal() {
  return ref((element) => {
    if (!(element instanceof HTMLDialogElement)) return;
    // It is in the document only after the page has been rendered.
    queueMicrotask(() => {
      if (element.isConnected && !element.open) element.showModal();
    });
  });
}
