import { css } from "lit";

export const playerStyles = css`
  .player {
    display: grid;
    justify-items: center;
    gap: 1rem;
  }
  .disc {
    position: relative;
    inline-size: var(--disc, 300px);
    aspect-ratio: 1;
    display: grid;
    place-items: center;
  }
  .disc > * {
    grid-area: 1 / 1;
  }
  .disc::before {
    content: "";
    grid-area: 1 / 1;
    inline-size: 100%;
    block-size: 100%;
    border-radius: 50%;
    border: 2px solid var(--marigold);
    opacity: 0;
  }
  .ring {
    transform-origin: 0 0;
  }
  [data-state="playing"] .inner {
    animation: turn 80s linear infinite;
  }
  [data-state="playing"] .outer {
    animation: turn 120s linear infinite reverse;
  }
  [data-state="playing"] .disc::before {
    animation: pulse 3.2s ease-out infinite;
  }
  .toggle {
    z-index: 1;
    display: grid;
    place-items: center;
    inline-size: 32%;
    aspect-ratio: 1;
    border: 0;
    border-radius: 50%;
    background: var(--marigold);
    color: var(--on-marigold);
    cursor: pointer;
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
    opacity: 0.45;
    scale: none;
    cursor: default;
  }
  .toggle svg {
    inline-size: 42%;
    block-size: auto;
  }
  .busy {
    inline-size: 32%;
    aspect-ratio: 1;
    border-radius: 50%;
    scale: 1.16;
    border: 3px solid var(--marigold);
    border-inline-end-color: transparent;
    animation: turn 1.1s linear infinite;
  }
  .status {
    min-block-size: 1.5em;
    text-align: center;
    color: var(--panel-muted);
    font-size: 0.95rem;
    max-inline-size: 34ch;
    text-wrap: balance;
  }
  .volume {
    display: flex;
    align-items: center;
    gap: 0.5rem;
  }
  .mute {
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
  .mute:hover {
    background: var(--panel-line);
  }
  input {
    inline-size: 9rem;
    block-size: 2.75rem;
    margin: 0;
    background: none;
    appearance: none;
    cursor: pointer;
    border-radius: 0.5rem;
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
  @keyframes pulse {
    0% {
      opacity: 0.7;
      scale: 1;
    }
    70%,
    100% {
      opacity: 0;
      scale: 1.16;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .ring,
    .disc::before {
      animation: none !important;
    }
    .busy {
      animation-duration: 4s;
    }
    .toggle {
      transition: none;
    }
  }
`;
