"""What can be chosen about learning."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.errors import DataError
from recommender.kernel import Variances


@dataclass(frozen=True)
class TrainingOptions:
    """Everything that can be chosen about learning; docs/decisions.md says how it was.

    Args:
        components: width of each of LightFM's fits; 0 leaves LightFM out, and the model knows
            movies by keywords, genres and decade only.
        epochs, learning_rate: of LightFM.
        repeats: how many seeds of each of LightFM's two views are put side by side.
        seed: of LightFM; the same data and seed give the same model to the bit.
        offset_variance, place_variance, word_variance: how much of a taste is generosity, place in
            LightFM's space, and words, stars².
        crowd_variance: how differently members go with the crowd, without a unit.
        neighbour_variance: how much of a taste is agreeing with the raters who were surprised by
            the same movies, stars².
        neighbour_damping: how many stars² of surprise a movie needs before its raters count half.
        place_scale: how quickly likeness fades with distance in LightFM's space.
        noise_variance: of a rating around the member's taste, stars².
        movie_variance: of a movie's offset around what its words let expect, stars².
        spread: how wide ratings to come spread, as a share of how wide the raters' known ratings
            do by the variances above.
        spread_weight: how many ratings of a member that counts for against what they show
            themselves.
        damping: how many average ratings an offset is mixed with.
        place_penalty: of the ridge regression that guesses a place from words.
        min_movies: a keyword is used when it describes at least so many movies.
    """

    components: int = 32
    epochs: int = 15
    learning_rate: float = 0.15
    repeats: int = 3
    seed: int = 0
    offset_variance: float = 0.12
    place_variance: float = 0.4
    place_scale: float = 0.4
    word_variance: float = 0.08
    crowd_variance: float = 0.05
    neighbour_variance: float = 0.4
    neighbour_damping: float = 100.0
    noise_variance: float = 0.4
    movie_variance: float = 0.15
    spread: float = 0.78
    spread_weight: float = 20.0
    damping: float = 10.0
    place_penalty: float = 50.0
    min_movies: int = 5

    def __post_init__(self) -> None:
        if self.components < 0 or self.epochs < 1 or self.repeats < 1:
            raise DataError("Training needs an epoch, a repeat and 0 or more components.")

    @property
    def variances(self) -> Variances:
        """The part of the options that the space of tastes needs.

        Without LightFM the words stand in for the places.
        """
        learned = self.components > 0
        return Variances(
            offset=self.offset_variance,
            place=self.place_variance if learned else 0.0,
            scale=self.place_scale,
            words=self.word_variance if learned else 3 * self.word_variance,
            crowd=self.crowd_variance,
            neighbours=self.neighbour_variance if learned else 0.0,
            noise=self.noise_variance,
        )
