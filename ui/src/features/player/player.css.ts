import { css } from "lit";

export const playerStyles = css`
  .player {
    display: grid;
    grid-template: "play status" auto "play row" auto / auto 1fr;
    gap: 0 1.1rem;
    align-items: center;
    margin-block-start: 0.9rem;
  }
  .play {
    grid-area: play;
    align-self: start;
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 4.5rem;
    aspect-ratio: 1;
  }
  .play > * {
    grid-area: 1 / 1;
  }
  .toggle {
    inline-size: 100%;
    block-size: 100%;
    box-shadow: 0 6px 22px var(--shadow);
    transition: scale 0.15s;
  }
  .toggle:hover {
    scale: 1.05;
  }
  .toggle:active {
    scale: 0.97;
  }
  .toggle:disabled {
    scale: none;
  }
  .toggle svg {
    inline-size: 46%;
  }
  .busy {
    inline-size: 100%;
    aspect-ratio: 1;
    border-radius: 50%;
    scale: 1.14;
    border: 3px solid var(--marigold);
    border-inline-end-color: transparent;
    animation: turn 1.1s linear infinite;
  }
  .status {
    grid-area: status;
    min-block-size: 1.5em;
    color: var(--panel-muted);
    font-size: var(--text-small);
  }
  .row {
    grid-area: row;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 0.75rem;
  }
  awaz-sync-badge {
    /* Its place is kept, so that nothing moves when it comes. */
    min-inline-size: 9rem;
    min-block-size: 2.75rem;
  }
  .volume {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    margin-inline-start: -0.6rem;
  }
  .mute,
  .remote {
    display: grid;
    place-items: center;
    inline-size: 2.75rem;
    block-size: 2.75rem;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    cursor: pointer;
  }
  .mute:hover,
  .remote:hover {
    background: var(--panel-line);
  }
  .remote[aria-pressed="true"] {
    color: var(--marigold);
  }
  .format {
    min-block-size: 2.75rem;
    padding-inline: 0.5rem;
    border: 0;
    border-radius: var(--radius-field);
    background: none;
    color: var(--panel-muted);
    font-size: var(--text-small);
    cursor: pointer;
  }
  .format:hover {
    background: var(--panel-line);
  }
  .format option {
    background: var(--card);
    color: var(--ink);
  }
  input {
    inline-size: 9rem;
    block-size: 2.75rem;
    margin: 0;
    background: none;
    appearance: none;
    cursor: pointer;
    border-radius: var(--radius-field);
  }
  input::-webkit-slider-runnable-track {
    block-size: 4px;
    border-radius: 2px;
    background: linear-gradient(var(--onward, to right), var(--panel-ink) var(--level), var(--panel-line) var(--level));
  }
  input:dir(rtl) {
    --onward: to left;
  }
  @media (forced-colors: active) {
    input::-webkit-slider-runnable-track {
      forced-color-adjust: none;
      background: linear-gradient(var(--onward, to right), Highlight var(--level), GrayText var(--level));
    }
    input::-webkit-slider-thumb {
      forced-color-adjust: none;
      background: ButtonText;
    }
  }
  input::-moz-range-track {
    block-size: 4px;
    border-radius: 2px;
    background: var(--panel-line);
  }
  input::-moz-range-progress {
    block-size: 4px;
    border-radius: 2px;
    background: var(--panel-ink);
  }
  input::-webkit-slider-thumb {
    appearance: none;
    inline-size: 16px;
    block-size: 16px;
    margin-block-start: -6px;
    border-radius: 50%;
    background: var(--panel-ink);
  }
  input::-moz-range-thumb {
    inline-size: 16px;
    block-size: 16px;
    border: 0;
    border-radius: 50%;
    background: var(--panel-ink);
  }
  @media (forced-colors: active) {
    input::-moz-range-track {
      forced-color-adjust: none;
      background: GrayText;
    }
    input::-moz-range-progress {
      forced-color-adjust: none;
      background: Highlight;
    }
    input::-moz-range-thumb {
      forced-color-adjust: none;
      background: ButtonText;
    }
  }

  /* Phones have volume buttons, and some ignore the volume that a page sets. */
  @media (pointer: coarse) and (width <= 46rem) {
    .volume {
      display: none;
    }
  }
  @keyframes turn {
    to {
      rotate: 360deg;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .busy {
      animation: none;
    }
    .toggle {
      transition: none;
    }
  }
`;
