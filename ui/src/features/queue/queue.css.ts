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
  .items .title {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .now .by,
  .now .why {
    color: var(--panel-muted);
  }
  .items li {
    position: relative;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.2rem 0.5rem;
    padding-block: 0.35rem;
    border-block-start: 1px solid var(--line);
  }
  .items li:focus-visible {
    outline-offset: -3px;
  }
  .items .dragged {
    opacity: 0.35;
  }
  .sortable-fallback {
    background: var(--card);
    box-shadow: var(--raised);
  }
  time {
    unicode-bidi: isolate;
    color: var(--ink);
    font-variant-numeric: tabular-nums;
  }
  .handle {
    display: grid;
    place-items: center;
    inline-size: 2rem;
    block-size: 2.75rem;
    color: var(--muted);
    cursor: grab;
    touch-action: none;
  }
  .act {
    display: flex;
  }
  .icon {
    display: grid;
    place-items: center;
    inline-size: 2.25rem;
    block-size: 2.75rem;
    border: 0;
    border-radius: 50%;
    background: none;
    cursor: pointer;
  }
  .icon:hover:enabled {
    background: var(--line);
  }
  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .hint {
    margin-block-end: 0.6rem;
  }
`;
