/** A value that is replaced as a whole whenever it changes. */
export interface Readable<T> {
  readonly state: T;
  /** Call `listener` after each change; returns a function that ends that. */
  subscribe(listener: () => void): () => void;
}
