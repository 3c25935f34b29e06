# labels: none
# why: alpha is chosen on the validation part, the scaler knows X_train only, and X_test is scored once at the end.
# hard: a loop over many settings with .score on held-out rows; the refit on train+val comes before the only test score.
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

housing = pd.read_csv("HousingData.csv")
housing = housing.dropna()
y = housing["MEDV"].to_numpy()
X = housing.drop("MEDV", axis="columns").to_numpy()

# 60 / 20 / 20
X_tmp, X_test, y_tmp, y_test = train_test_split(X, y, test_size=0.2, random_state=1)
X_train, X_val, y_train, y_val = train_test_split(X_tmp, y_tmp, test_size=0.25, random_state=1)
print(len(X_train), len(X_val), len(X_test))

results = {}
for alpha in np.logspace(-3, 3, 13):
    m = make_pipeline(StandardScaler(), Ridge(alpha=alpha)).fit(X_train, y_train)
    results[alpha] = m.score(X_val, y_val)
    print(f"alpha={alpha:10.3f}  R2 val={results[alpha]:.4f}")

best = max(results, key=results.get)
print("best alpha", best)

final = make_pipeline(StandardScaler(), Ridge(alpha=best))
final.fit(np.vstack([X_train, X_val]), np.concatenate([y_train, y_val]))
pred = final.predict(X_test)
print("test R2  ", r2_score(y_test, pred))
print("test RMSE", mean_squared_error(y_test, pred) ** 0.5)
