import { css } from "lit";

export const queueStyles = css`
  .now {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.5rem 0.9rem;
    margin-block-end: 1rem;
    padding: 0.8rem;
    border-radius: var(--radius-row);
    background: var(--panel);
    color: var(--panel-ink);
  }
  .now progress {
    grid-column: 1 / -1;
    inline-size: 100%;
    block-size: 0.35rem;
    accent-color: var(--marigold);
  }
  .now .secondary {
    border-color: currentcolor;
  }
  .left {
    grid-column: 1 / -1;
    font-variant-numeric: tabular-nums;
    font-weight: 650;
  }
  .text {
    min-inline-size: 0;
  }
  .title {
    font-weight: 650;
  }
  .title,
  .by,
  .why {
    display: block;
    overflow-wrap: anywhere;
  }
  .by,
  .why {
    color: var(--muted);
    font-size: var(--text-label);
  }
  .now .by,
  .now .why {
    color: var(--panel-muted);
  }
  .ahead {
    margin-block-start: 1.2rem;
  }
  .ahead summary {
    padding-block: 0.6rem;
    font-weight: 650;
    cursor: pointer;
  }
  .hint {
    margin-block-end: 0.6rem;
  }
`;
