"""Predictions of scikit-learn and XGBoost: peers.py KIND TRAIN TEST.

KIND is binary or regression; the first column is the label. Prints a line of
names, then a line of predictions for each row of TEST.
"""
import csv
import sys

import numpy
import xgboost
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def read(name):
    with open(name, newline="") as file:
        rows = list(csv.reader(file))[1:]
    table = numpy.array([[float(x) if x else numpy.nan for x in row]
                         for row in rows])
    return table[:, 1:], table[:, 0]


def linear(binary):
    model = LogisticRegression(max_iter=5000) if binary else Ridge()
    return make_pipeline(SimpleImputer(), StandardScaler(), model)


def trees(binary, **settings):
    kind = xgboost.XGBClassifier if binary else xgboost.XGBRegressor
    return kind(tree_method="hist", n_jobs=1, **settings)


def main():
    binary = sys.argv[1] == "binary"
    rows, label = read(sys.argv[2])
    new, _ = read(sys.argv[3])
    peers = {
        "linear": linear(binary),
        "xgboost": trees(binary, n_estimators=200, learning_rate=0.1,
                         max_leaves=31, max_depth=0,
                         grow_policy="lossguide", max_bin=255),
        "xgboost_default": trees(binary),
    }
    columns = {"constant": numpy.full(len(new), label.mean())}
    for name, model in peers.items():
        model.fit(rows, label)
        columns[name] = (model.predict_proba(new)[:, 1] if binary
                         else model.predict(new))
    print(*columns)
    for values in zip(*columns.values()):
        print(*("%.9g" % value for value in values))


main()
