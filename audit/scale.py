"""The axis of a chart: round numbers, and how high they stand."""

from dataclasses import dataclass

HEIGHT = 160  # pixels, from the highest tick to the lowest
MAX_STEPS = 4  # about so many lines are drawn


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis: how much one tick is, and how many ticks there are above and below nothing."""

    step: int
    above: int
    below: int

    @classmethod
    def of(cls, success: int, failure: int) -> "Scale":
        """Return the scale that both figures fit on."""
        step = round_up((success + failure) / MAX_STEPS)
        return cls(step, -(-success // step), -(-failure // step))

    def y(self, value: float) -> int:
        """Return how far below the top a value is; failures are negative."""
        return round(HEIGHT * (self.above - value / self.step) / (self.above + self.below or 1))


def round_up(value: float) -> int:
    """Return the next of 1, 2, 5, 10, 20, 50 and so on."""
    power = 1
    while 10 * power < value:
        power *= 10
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value)
