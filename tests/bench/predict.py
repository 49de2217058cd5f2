"""predict.py DIR: makes a model and rows in DIR, and times XGBoost on them.

Prints "WHAT NANOSECONDS" of CPU a row, the best of five, with one thread.
"""
import sys
import time

import numpy as np
import xgboost as xgb

place, rows, columns = sys.argv[1], 20000, 28
random = np.random.default_rng(1)
X = random.normal(size=(60000, columns))
score = (X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + 0.5 * X[:, 3] ** 2 - 0.5
         + 0.1 * X[:, 4:12].sum(1) + random.normal(size=len(X)))
settings = {"objective": "binary:logistic", "tree_method": "hist",
            "grow_policy": "lossguide", "max_leaves": 31, "max_depth": 0,
            "eta": 0.1, "nthread": 1, "min_child_weight": 20}
model = xgb.train(settings, xgb.DMatrix(X, (score > 0).astype(int)), 200)
model.save_model(place + "/model.json")
X = X[:rows]
np.savetxt(place + "/rows.csv", X, delimiter=",", fmt="%.9g", comments="",
           header=",".join(f"f{i}" for i in range(columns)))


def best(run, count):
    times = []
    for _ in range(5):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times) / count * 1e9


def one_row():
    for i in range(2000):
        model.inplace_predict(X[i:i + 1])


few = xgb.DMatrix(X[:300], nthread=1)
print(f"row {best(one_row, 2000):.0f}")
print(f"batch {best(lambda: model.inplace_predict(X), rows):.0f}")
contributions = best(lambda: model.predict(few, pred_contribs=True), 300)
print(f"contributions {contributions:.0f}")
