import { updateWhenLocaleChanges } from "@lit/localize";
import { LitElement } from "lit";

/** An element that is rendered again when the page's language changes, and only while it is on a page. */
export abstract class AwazElement extends LitElement {
  constructor() {
    super();
    updateWhenLocaleChanges(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  /** An element that was removed with an update pending would follow what it shows for ever. */
  protected override shouldUpdate(): boolean {
    return this.isConnected;
  }
}
