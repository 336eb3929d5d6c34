"""A page that beeps when it shows that a show is live: into the same recording as the sound of the show."""

import numpy as np

from tests.support.room import RATE, Sound
from tests.support.tones import amplitudes, begins_s

BEEP_HZ = 5_200
"""Nothing else in the demo station is as high."""
SCRIPT = f"""
addEventListener("pointerdown", () => {{
  const audio = new AudioContext({{ latencyHint: 0 }});
  const volume = new GainNode(audio, {{ gain: 0 }});
  const beep = new OscillatorNode(audio, {{ frequency: {BEEP_HZ} }});
  beep.connect(volume).connect(audio.destination);
  beep.start();
  new MutationObserver(() => {{
    if (document.querySelector(".hero")?.dataset.onAir === "live") volume.gain.value = 0.4;
  }}).observe(document, {{ subtree: true, attributes: true }});
}}, {{ once: true }});
"""
"""To be run before the page: it begins with the press on play, as sound may not before."""


def beeps_late_s(sound: Sound, hertz: float) -> float:
    """Return how long after the first of a tone the page of the first channel beeps, in seconds; negative before it."""
    channel = sound[:, 0]
    loud = amplitudes(channel, RATE, BEEP_HZ)
    beeps_at = float(np.argmax(loud > 0.5 * loud.max())) / 100
    return beeps_at - begins_s(channel, RATE, hertz)
