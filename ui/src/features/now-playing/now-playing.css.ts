import { css } from "lit";

export const nowPlayingStyles = css`
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

  /* Nastaliq needs room above and below its line, or its strokes are cut off. */
  .playing .title:has([lang]) {
    letter-spacing: 0;
    font-size: calc(var(--title, clamp(1.7rem, 1.2rem + 1.6vw, 2.4rem)) * 0.92);
    line-height: 2.1;
    -webkit-line-clamp: 2;
  }
  .playing .title.long:has([lang]) {
    -webkit-line-clamp: 3;
  }
  @media (height <= 30rem) {
    .playing .title:has([lang]),
    .playing .title.long:has([lang]) {
      -webkit-line-clamp: 1;
    }
    .presenter {
      display: none;
    }
  }
  .playing .message-title {
    font-weight: 650;
  }
  .playing .artist:has([lang]) {
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
