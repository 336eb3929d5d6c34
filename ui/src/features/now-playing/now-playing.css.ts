import { css } from "lit";

export const nowPlayingStyles = css`
  .now {
    display: grid;
    grid-template-rows: 2rem 1fr auto;
    block-size: var(--now-height, auto);
  }
  .presenter {
    display: flex;
    gap: 0.4em;
    align-items: center;
    overflow: hidden;
    white-space: nowrap;
    color: var(--marigold);
    font-weight: 600;
  }
  .show {
    font-weight: 700;
  }
  .texts {
    align-self: end;
    padding-block-end: 0.75rem;
    min-inline-size: 0;
  }

  /* The longer a title, the smaller, before any of it is cut off. */
  h2 {
    font-size: var(--title, clamp(2.2rem, 1.2rem + 2.6vw, 3.3rem));
    font-weight: 750;
    line-height: 1.1;
    letter-spacing: calc(var(--tracking) * -0.015em);
    text-wrap: balance;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: var(--lines, 2);
    overflow: hidden;
  }
  .medium {
    --title: clamp(1.6rem, 1rem + 1.6vw, 2.3rem);
    --lines: 3;
  }
  .long {
    --title: clamp(1.2rem, 0.9rem + 0.9vw, 1.6rem);
    --lines: 4;
  }

  /* Nastaliq needs room above and below its line, or its strokes are cut off. */
  h2:has([lang]) {
    letter-spacing: 0;
    font-size: calc(var(--title, clamp(1.7rem, 1.2rem + 1.6vw, 2.4rem)) * 0.92);
    line-height: 2.1;
    -webkit-line-clamp: 2;
  }
  h2.long:has([lang]) {
    -webkit-line-clamp: 3;
  }
  @media (height <= 30rem) {
    h2 {
      --title: 1.5rem;
    }
    .medium,
    .long {
      --title: 1.15rem;
      --lines: 2;
    }
    h2:has([lang]),
    h2.long:has([lang]) {
      -webkit-line-clamp: 1;
    }
    .now {
      grid-template-rows: 0 1fr auto;
    }
    .presenter {
      display: none;
    }
    .artist {
      font-size: 1rem;
    }
  }
  .message-title {
    font-weight: 650;
  }
  .artist {
    margin-block-start: 0.35rem;
    font-size: 1.2rem;
    line-height: 1.4;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 1;
    overflow: hidden;
  }
  .artist:has([lang]) {
    margin-block-start: 0;
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
    text-wrap: pretty;
  }
  .time {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-block-size: 1.5rem;
    max-inline-size: 34rem;
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
    background: var(--panel-ink);
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
    display: flex;
    align-items: center;
    gap: 0.6em;
    font-size: 0.95rem;
  }
`;
