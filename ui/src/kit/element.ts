import { updateWhenLocaleChanges } from "@lit/localize";
import { LitElement } from "lit";

/** An element that is rendered again when the page's language changes. */
export abstract class AwazElement extends LitElement {
  constructor() {
    super();
    updateWhenLocaleChanges(this);
  }
}
