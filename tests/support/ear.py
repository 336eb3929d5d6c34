"""An ear in a page: hears by Web Audio what its `<audio>` element plays."""

from playwright.async_api import Page

EAR = """
const NativeAudio = window.Audio;
// The page plays without CORS, and what is played so cannot be analysed.
window.Audio = function () {
  const audio = new NativeAudio();
  audio.crossOrigin = "anonymous";
  return audio;
};

window.listenFor = (hertz) => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 4096;
  analyser.smoothingTimeConstant = 0;
  context.createMediaElementSource(document.querySelector("audio")).connect(analyser);
  const levels = new Float32Array(analyser.frequencyBinCount);
  const listen = () => {
    analyser.getFloatFrequencyData(levels);
    const level = Math.max(...levels);
    const loudest = (levels.indexOf(level) * context.sampleRate) / analyser.fftSize;
    // In the quiet between two tracks, any frequency may be the loudest.
    if (level > -45 && Math.abs(loudest - hertz) < 15) window.heardAt = performance.now();
    else setTimeout(listen, 20);
  };
  listen();
};
"""
"""For a page before it loads; `listenFor(hertz)` then notes when a tone is heard first."""


async def heard_since(page: Page) -> float:
    """Wait until the tone is heard; return the milliseconds from when that was until it was asked for, or less than 0."""
    asked = await page.evaluate("performance.now()")
    await page.wait_for_function("() => window.heardAt !== undefined", timeout=15_000)
    return float(asked - await page.evaluate("window.heardAt"))
