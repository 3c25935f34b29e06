"""Every rule, in the order in which they are explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.rules.nb101_fitted_before_split import FittedBeforeSplit
from nbpipe.leaks.rules.nb102_fitted_outside_folds import FittedOutsideFolds
from nbpipe.leaks.rules.nb103_fitted_on_test_rows import FittedOnTestRows
from nbpipe.leaks.rules.nb104_selected_before_split import SelectedBeforeSplit
from nbpipe.leaks.rules.nb105_encoded_before_split import EncodedBeforeSplit
from nbpipe.leaks.rules.nb106_binned_before_split import BinnedBeforeSplit
from nbpipe.leaks.rules.nb109_categories_before_split import CategoriesBeforeSplit
from nbpipe.leaks.rules.nb201_copied_before_split import CopiedBeforeSplit
from nbpipe.leaks.rules.nb202_scored_on_fitted_rows import ScoredOnFittedRows
from nbpipe.leaks.rules.nb203_only_training_scores import OnlyTrainingScores
from nbpipe.leaks.rules.nb204_neighbours_shuffled import NeighboursShuffled
from nbpipe.leaks.rules.nb205_groups_on_both_sides import GroupsOnBothSides
from nbpipe.leaks.rules.nb301_compared_on_test import ComparedOnTest
from nbpipe.leaks.rules.nb302_chosen_on_test import ChosenOnTest
from nbpipe.leaks.rules.nb303_stopped_on_test import StoppedOnTest
from nbpipe.leaks.rules.nb401_target_among_features import TargetAmongFeatures
from nbpipe.leaks.rules.nb402_feature_from_target import FeatureFromTarget
from nbpipe.leaks.rules.nb501_saved_without_versions import SavedWithoutVersions
from nbpipe.leaks.rules.nb502_saved_unfitted import SavedUnfitted
from nbpipe.leaks.rules.nb503_preprocessing_forgotten import PreprocessingForgotten
from nbpipe.leaks.rules.nb504_columns_in_another_order import ColumnsInAnotherOrder

if TYPE_CHECKING:
    from nbpipe.leaks.rules.rule import Rule

RULES: tuple[type[Rule], ...] = (
    FittedBeforeSplit,
    FittedOutsideFolds,
    FittedOnTestRows,
    SelectedBeforeSplit,
    EncodedBeforeSplit,
    BinnedBeforeSplit,
    CategoriesBeforeSplit,
    CopiedBeforeSplit,
    ScoredOnFittedRows,
    OnlyTrainingScores,
    NeighboursShuffled,
    GroupsOnBothSides,
    ComparedOnTest,
    ChosenOnTest,
    StoppedOnTest,
    TargetAmongFeatures,
    FeatureFromTarget,
    SavedWithoutVersions,
    SavedUnfitted,
    PreprocessingForgotten,
    ColumnsInAnotherOrder,
)
