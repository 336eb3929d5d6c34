import { css } from "lit";

export const nowPlayingStyles = css`
  /* Of one height, whatever the title. */
  .playing {
    display: grid;
    grid-template-rows: 2rem 1fr auto;
    block-size: var(--now-height, auto);
  }

  .playing .texts {
    align-self: end;
    padding-block-end: 0.75rem;
    min-inline-size: 0;
  }

  /* The longer a title, the smaller, before any of it is cut off. */
  .playing .title {
    font-size: var(--title, var(--text-song));
    font-weight: 750;
    line-height: 1.1;
    letter-spacing: calc(var(--tracking) * -0.015em);
    text-wrap: balance;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: var(--lines, 2);
    overflow: hidden;

    /* Letters reach out of their line above it and at its ends. */
    padding: 0.4em 0.15em 0;
    margin: -0.4em -0.15em 0;
  }

  .playing .medium {
    --title: var(--text-song-medium);
    --lines: 3;
  }

  .playing .long {
    --title: var(--text-song-long);
    --lines: 4;
  }

  .playing .artist {
    margin: 0.35rem 0 0;
    font-size: var(--text-card);
    line-height: 1.4;
    display: flex;
    white-space: nowrap;
  }

  /* Each is cut where it ends, which is its own direction's affair. The artist is the last to be. */
  .artist bdi {
    overflow: hidden;
    text-overflow: ellipsis;
    padding: 0.5em 0.2em;
    margin: -0.5em -0.2em;
  }
  .artist > bdi {
    flex: none;
    max-inline-size: 100%;
  }

  .playing .time {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-block-size: 1.5rem;
    max-inline-size: 34rem;
    margin: 0;
    color: var(--panel-muted);
    font-size: var(--text-small);
    font-variant-numeric: tabular-nums;
  }

  @media (height <= 30rem) {
    .playing .title {
      --title: var(--text-page);
    }

    .playing .medium,
    .playing .long {
      --title: var(--text-card);
      --lines: 2;
    }

    .playing {
      grid-template-rows: 0 1fr auto;
    }

    .playing .artist {
      font-size: var(--text-small);
    }
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

  /* Nastaliq needs room above and below its line, or its strokes are cut off. */
  .playing .title:has([lang]) {
    letter-spacing: 0;
    font-size: calc(var(--title, var(--text-song-medium)) * 0.95);
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
    display: flex;
    min-inline-size: 0;
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
    font-size: var(--text-small);
  }
`;
