import { css } from "lit";

export const formStyles = css`
  form {
    display: grid;
    gap: 0.9rem;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
    gap: 0.9rem;
  }
  label {
    display: grid;
    gap: 0.3rem;
    font-size: 0.95rem;
    font-weight: 600;
  }
  input,
  select {
    inline-size: 100%;
    min-block-size: 2.9rem;
    padding: 0.4rem 0.8rem;
    border: 1.5px solid var(--field);
    border-radius: 0.7rem;
    background: var(--page);
    font-weight: 400;
    font-size: 1rem;
  }
  button.main {
    justify-self: start;
    min-block-size: 2.9rem;
    padding: 0.5rem 1.4rem;
    border: 0;
    border-radius: 99px;
    background: var(--marigold);
    color: var(--on-marigold);
    font-weight: 700;
    cursor: pointer;
  }
  button:disabled {
    opacity: 0.6;
    cursor: default;
  }
  .end {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.6rem 1rem;
  }
  .good {
    color: var(--good);
  }
  .bad {
    color: var(--bad);
  }
`;
