"""What is timed beside our training.

train.py DIR: makes tables in DIR, times XGBoost and scikit-learn, and prints
"TABLE XGBOOST-SECONDS METRIC HGB-SECONDS METRIC HGB-MB" of CPU, one thread, from
arrays in memory: reading a file is not in it. Memory is the most that a process
had which loads the arrays and does nothing else.

train.py run COMMAND...: prints its CPU seconds, those that went by, and MB.
"""
import os
import resource
import subprocess
import sys
import time

if sys.argv[1] == "run":
    start = time.monotonic()
    subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{used.ru_utime:.2f} {time.monotonic() - start:.2f}",
          f"{used.ru_maxrss / 1024:.0f}")
    sys.exit()

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import xgboost as xgb
from sklearn.ensemble import HistGradientBoostingClassifier as Classifier
from sklearn.ensemble import HistGradientBoostingRegressor as Regressor
from sklearn.metrics import mean_squared_error, roc_auc_score

place, random = sys.argv[1], np.random.default_rng(1)


def table(rows, columns, binary):
    X = random.normal(size=(rows, columns)).astype(np.float32)
    y = (X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + 0.5 * X[:, 3] ** 2
         + 0.1 * X[:, 4:12].sum(1) + random.normal(size=rows))
    X[random.random(size=X.shape) < 0.02] = np.nan
    return X, (y > 0.5).astype(int) if binary else np.exp(y / 2)


def write(name, X, y):
    names = ",".join(f"f{i}" for i in range(X.shape[1]))
    np.savetxt(f"{place}/{name}.csv", np.c_[y, X], delimiter=",", fmt="%.7g",
               comments="", header="label," + names)


def timed(run):
    start = time.process_time()
    result = run()
    return time.process_time() - start, result


def memory(name, X, y):
    """The largest resident set of a process that fits this, in MB."""
    np.save(f"{place}/{name}.X.npy", X)
    np.save(f"{place}/{name}.y.npy", y)
    return subprocess.run(
        [sys.executable, "-c", f"""
import numpy, resource, sklearn.ensemble
sklearn.ensemble.HistGradientBoosting{
    "Classifier" if name == "binary" else "Regressor"}(
        max_iter=200, max_leaf_nodes=31, early_stopping=False).fit(
    numpy.load("{place}/{name}.X.npy"), numpy.load("{place}/{name}.y.npy"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"""],
        check=True, capture_output=True, text=True).stdout.strip()


for name, rows, columns, binary in (("binary", 200000, 28, True),
                                    ("regression", 100000, 20, False)):
    X, y = table(rows + rows // 4, columns, binary)
    test, known, X, y = X[rows:], y[rows:], X[:rows], y[:rows]
    write(name + ".train", X, y)
    write(name + ".test", test, known)
    settings = {"objective": "binary:logistic" if binary
                else "reg:squarederror", "tree_method": "hist",
                "grow_policy": "lossguide", "max_leaves": 31, "max_depth": 0,
                "eta": 0.1, "nthread": 1, "max_bin": 255, "lambda": 0,
                "min_child_weight": 1e-3}
    peer = (Classifier if binary else Regressor)(
        max_iter=200, learning_rate=0.1, max_leaf_nodes=31,
        min_samples_leaf=20, early_stopping=False)

    def judge(predicted):
        return (roc_auc_score(known, predicted) if binary
                else mean_squared_error(known, predicted) ** 0.5)

    xgb_time, model = timed(lambda: xgb.train(
        settings, xgb.DMatrix(X, y, nthread=1), 200))
    hgb_time, peer = timed(lambda: peer.fit(X, y))
    print(name, f"{xgb_time:.2f}", f"{judge(model.predict(xgb.DMatrix(test))):.5f}",
          f"{hgb_time:.2f}", "%.5f" % judge(
              peer.predict_proba(test)[:, 1] if binary
              else peer.predict(test)), memory(name, X, y))
