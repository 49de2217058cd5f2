--- tidemill config diff: another name of plan.

return require("cli.config.plan")
