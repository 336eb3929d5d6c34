/** Tells whether an element is in the viewport: one at a time, the one that was given last. */
export class InView {
  readonly #observer: IntersectionObserver;
  #element: Element | undefined;
  #isInView = true;

  /** `onChange` is called when the element comes into view or leaves it. */
  constructor(onChange: () => void) {
    this.#observer = new IntersectionObserver((entries) => {
      const isInView = entries.at(-1)?.isIntersecting ?? true;
      if (isInView === this.#isInView) return;
      this.#isInView = isInView;
      onChange();
    });
  }

  /** Whether the element is in view, or there is none. */
  get isInView(): boolean {
    return this.#isInView;
  }

  observe(element: Element | null): void {
    if (element === (this.#element ?? null)) return;
    this.#observer.disconnect();
    this.#element = element ?? undefined;
    this.#isInView = true;
    if (element) this.#observer.observe(element);
  }
}
