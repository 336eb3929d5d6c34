import { css } from "lit";

export const nowPlayingStyles = css`
  .presenter {
    display: flex;
    flex-wrap: wrap;
    justify-content: var(--align, start);
    align-items: baseline;
    gap: 0.1em 0.4em;
    margin-block-end: 0.5rem;
    color: var(--marigold);
    font-weight: 600;
  }
  .show {
    font-weight: 700;
  }
  h2 {
    font-size: clamp(1.7rem, 1.1rem + 2.6vw, 2.9rem);
    font-weight: 750;
    line-height: 1.12;
    letter-spacing: calc(var(--tracking) * -0.022em);
    text-wrap: balance;
    padding-block-end: 0.12em;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 4;
    overflow: hidden;
  }
  h2:has([lang]) {
    letter-spacing: 0;
    font-size: clamp(1.5rem, 1rem + 2.2vw, 2.4rem);
    line-height: 2.1;
    padding-block-end: 0.3em;
  }
  h2.message-title {
    font-weight: 650;
  }
  .artist {
    margin-block-start: 0.45rem;
    font-size: 1.2rem;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
  }
  .artist:has([lang]) {
    line-height: 2.1;
  }
  .album {
    color: var(--panel-muted);
  }
  .album::before {
    content: "·";
    margin-inline: 0.35em;
  }
  .album:first-child::before {
    content: none;
  }
  .hint {
    margin-block-start: 0.5rem;
    color: var(--panel-muted);
    max-inline-size: 44ch;
    margin-inline: var(--align-block, 0);
    text-wrap: pretty;
  }
  .time {
    display: flex;
    align-items: center;
    justify-content: var(--align, start);
    gap: 0.75rem;
    margin-block-start: 1.1rem;
    max-inline-size: 30rem;
    margin-inline: var(--align-block, 0);
    color: var(--panel-muted);
    font-size: 0.9rem;
    font-variant-numeric: tabular-nums;
  }
  .bar {
    flex: 1;
    block-size: 4px;
    border-radius: 2px;
    background: var(--panel-line);
    overflow: hidden;
  }
  .bar > span {
    display: block;
    block-size: 100%;
    border-radius: 2px;
    background: var(--marigold);
  }
  @media (forced-colors: active) {
    .bar {
      border: 1px solid CanvasText;
      block-size: 8px;
    }
    .bar > span {
      forced-color-adjust: none;
      background: Highlight;
    }
  }
  .waiting {
    display: inline-flex;
    align-items: center;
    gap: 0.6em;
    margin-block-start: 1rem;
    padding: 0.5em 0.9em;
    border-radius: 0.8rem;
    background: var(--panel-line);
    font-size: 0.95rem;
    text-align: start;
  }
`;
