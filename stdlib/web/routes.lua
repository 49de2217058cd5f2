--- All routes, in the order in which they are tried.

return {
	require("web.health"),
	require("web.api.runs"),
	require("web.api.tests"),
	require("web.api.logs"),
	require("web.api.lists"),
	require("web.api.actions"),
	require("web.api.changes"),
	require("web.api.description"),
	require("web.hooks.receive"),
	require("web.assets"),
}
