# labels: none
# why: the leaf count is chosen by cross-validation on the training rows and one model gets one MAE on val_X.
# hard: the usual get_mae() over val_X is defined and used a single time; the cross-validation loop reuses the name mae.
# Kaggle "Intro to Machine Learning", my solution
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split, cross_val_score
from sklearn.tree import DecisionTreeRegressor

melbourne_file_path = '../input/melbourne-housing-snapshot/melb_data.csv'
melbourne_data = pd.read_csv(melbourne_file_path)
melbourne_data = melbourne_data.dropna(axis=0)

y = melbourne_data.Price
melbourne_features = ['Rooms', 'Bathroom', 'Landsize', 'BuildingArea', 'YearBuilt', 'Lattitude', 'Longtitude']
X = melbourne_data[melbourne_features]
print(X.describe())

train_X, val_X, train_y, val_y = train_test_split(X, y, random_state=0)


def get_mae(max_leaf_nodes, train_X, val_X, train_y, val_y):
    model = DecisionTreeRegressor(max_leaf_nodes=max_leaf_nodes, random_state=0)
    model.fit(train_X, train_y)
    preds_val = model.predict(val_X)
    mae = mean_absolute_error(val_y, preds_val)
    return mae


scores = {}
for max_leaf_nodes in [5, 25, 50, 100, 250, 500, 5000]:
    mae = -cross_val_score(DecisionTreeRegressor(max_leaf_nodes=max_leaf_nodes, random_state=0),
                           train_X, train_y, cv=5, scoring='neg_mean_absolute_error').mean()
    scores[max_leaf_nodes] = mae
    print("Max leaf nodes: %d  \t\t Mean Absolute Error:  %d" % (max_leaf_nodes, mae))

best_tree_size = min(scores, key=scores.get)
print("best:", best_tree_size)
print("MAE on the validation data:", get_mae(best_tree_size, train_X, val_X, train_y, val_y))

# fit with all the data for the next lesson
final_model = DecisionTreeRegressor(max_leaf_nodes=best_tree_size, random_state=1)
final_model.fit(X, y)
