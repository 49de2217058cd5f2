return {
	environments = { "dev", "prod" },
	layers = { "base.yaml", "env/${env}.yaml" },
	lists = { ["nginx.upstreams"] = "append" },
	secrets = { ["db.password"] = "env:DB_PASSWORD" },
	files = {
		{ template = "templates/app.yaml.j2",
			to = "${root}/etc/${app}.yaml", mode = "0640" },
		{ template = "templates/nginx.conf.j2",
			to = "${root}/etc/nginx.conf", mode = "0644" },
	},
}
