--- Metrics of models: their order, and their lists as JSON.

local metrics = {}

--- In the order in which people look at them.
metrics.ORDER = { "rows", "auc", "average_precision", "log_loss",
	"brier", "ece", "f1", "accuracy", "precision_at_5", "recall_at_5",
	"precision_at_10", "recall_at_10", "precision_at_20", "recall_at_20",
	"ndcg", "ndcg_at_5", "ndcg_at_10", "rmse", "mae", "r2", "pinball",
	"below", "coverage", "width",
	"poisson_deviance", "gamma_deviance" }

--- Says that lists are lists, also when they are empty.
function metrics.mark(found)
	if found.reliability then
		require("json").array(found.reliability)
	end
end

return metrics
