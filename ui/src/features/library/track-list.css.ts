import { css } from "lit";

export const trackListStyles = css`
  :host {
    container-type: inline-size;
  }
  .find {
    display: grid;
    grid-template-columns: minmax(12rem, 1fr) auto auto;
    gap: 0.6rem;
    margin-block-end: 0.75rem;
  }
  .find label {
    min-inline-size: 0;
  }
  @container (width < 36rem) {
    .find {
      grid-template-columns: 1fr 1fr;
    }
    .find label:first-child {
      grid-column: 1 / -1;
    }
  }
  .summary {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.3rem 1rem;
    min-block-size: 2.75rem;
  }
  .summary p {
    flex: 1 1 auto;
  }
  .scroller {
    max-block-size: min(44rem, 70dvh);
    overflow-y: auto;
    border-block: 1px solid var(--line);
  }
  .rows {
    position: relative;
  }
  .row {
    position: absolute;
    inset-inline: 0;
    inset-block-start: 0;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto auto;
    align-items: center;
    gap: 0.25rem 0.6rem;
    padding-block: 0.35rem;
    padding-inline: 0.2rem;
    border-block-end: 1px solid var(--line);
  }
  .short .row {
    grid-template-columns: minmax(0, 1fr) auto auto;
  }
  .row[aria-selected="true"] {
    background: color-mix(in srgb, var(--focus) 12%, transparent);
  }
  .select {
    display: grid;
    place-content: center;
    inline-size: 2.75rem;
    block-size: 2.75rem;
  }
  .select input {
    inline-size: 1.25rem;
    min-block-size: 1.25rem;
  }
  .what {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 0.7rem;
    inline-size: 100%;
    padding: 0.2rem;
    border: 0;
    border-radius: var(--radius-field);
    background: none;
    text-align: start;
  }
  button.what {
    cursor: pointer;
  }
  .text {
    display: block;
    min-inline-size: 0;
  }
  .by {
    display: flex;
    gap: 0.35em;
    white-space: nowrap;
  }

  /* Each is cut at the end of its own direction. */
  .title > bdi,
  .by > bdi {
    display: inline-block;
    max-inline-size: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    vertical-align: bottom;
    white-space: nowrap;
  }
  .short .title > bdi {
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .title {
    font-weight: 650;
  }
  .by,
  .length {
    color: var(--muted);
    font-size: var(--text-small);
  }
  .length {
    font-variant-numeric: tabular-nums;
  }
  .note {
    flex: none;
    padding: 0.05em 0.6em;
    border: 1.5px solid var(--line);
    border-radius: var(--radius-pill);
    color: var(--ink);
    font-size: var(--text-label);
  }
  .note.bad {
    color: var(--bad);
  }
  .act {
    display: flex;
  }
  .icon {
    display: grid;
    place-items: center;
    inline-size: 2.75rem;
    block-size: 2.75rem;
    border: 0;
    border-radius: 50%;
    background: none;
    cursor: pointer;
  }
  .icon:hover:enabled {
    background: var(--line);
  }
  @container (width < 30rem) {
    .length {
      display: none;
    }
  }
  .end {
    padding-block: 0.75rem;
    text-align: center;
  }
`;
