import { css, unsafeCSS } from "lit";
import controlRules from "./controls.css?inline";
import sharedRules from "./shared.css?inline";

/** The base styles of all components; the page's custom properties define colours and sizes. */
export const common = [
  unsafeCSS(sharedRules),
  css`
    :host {
      display: block;
    }
    :host([hidden]) {
      display: none;
    }
    h1,
    h2,
    h3,
    p,
    ol,
    ul,
    dl,
    dd {
      margin: 0;
      padding: 0;
    }
    ol,
    ul {
      list-style: none;
    }
    button,
    input,
    select {
      font: inherit;
      color: inherit;
    }
    a {
      color: inherit;
    }
    svg {
      display: block;
      flex: none;
    }
  `,
];

/** Forms and buttons. */
export const controls = unsafeCSS(controlRules);

/** A round play button of class `toggle`. */
export const roundToggle = css`
  .toggle {
    display: grid;
    place-items: center;
    inline-size: 2.9rem;
    block-size: 2.9rem;
    border: 0;
    border-radius: 50%;
    background: var(--marigold);
    color: var(--on-marigold);
    cursor: pointer;
  }
  .toggle svg {
    inline-size: 1.4rem;
    block-size: auto;
  }
  .toggle:disabled {
    opacity: 0.45;
    cursor: default;
  }
`;

/** Lists of entries with a text and actions. */
export const rows = css`
  .rows {
    margin-block-start: 0.4rem;
  }
  .rows > li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem 1rem;
    padding-block: 0.7rem;
    border-block-start: 1px solid var(--line);
  }
  .entry-text {
    flex: 1 1 12rem;
    min-inline-size: 0;
  }
  .entry-text strong {
    font-weight: 650;
  }
  .entry-text > .muted {
    display: block;
  }
  .inactive strong {
    font-weight: 400;
  }
  .tag {
    padding: 0.1em 0.6em;
    border: 1.5px solid var(--line);
    border-radius: var(--radius-pill);
    font-size: var(--text-label);
    white-space: nowrap;
  }
  .entry-actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .entry-actions select {
    inline-size: auto;
  }
  form {
    margin-block-end: 1.25rem;
  }
  .created {
    margin-block-end: 1.25rem;
    padding: 0.9rem 1rem 0.3rem;
    border: 1.5px solid var(--good);
    border-radius: var(--radius-row);
  }
  .created p {
    margin-block-end: 0.6rem;
  }
`;
