--- What each forge sends: how it signs, how it names deliveries, and the few
--- facts that recipes want of its payloads.

local hash = require("hash")

local function signed(name, prefix)
	return function(headers, body, secret)
		local given = headers[name]

		return given ~= nil and hash.equal(given:lower(), prefix
			.. hash.hmac("sha256", secret, body))
	end
end

local function at(value, ...)
	for _, key in ipairs { ... } do
		if type(value) ~= "table" then return nil end
		value = value[key]
	end
	if value == require("json").null then return nil end
	return value
end

local function of_ref(event, ref)
	if event == "push" and type(ref) == "string"
		and ref:find("^refs/tags/") then
		return "tag"
	end
	return event
end

--- GitHub's shape, which Gitea and Forgejo share.
local function github_facts(event, payload)
	local change = at(payload, "pull_request")
	local facts = { event = of_ref(event, payload.ref),
		repository = at(payload, "repository", "full_name"),
		actor = at(payload, "sender", "login"),
		ref = payload.ref, commit = payload.after }

	if change then
		local from = at(change, "head", "repo", "full_name")
		local to = at(change, "base", "repo", "full_name")
		local standing = at(change, "author_association")
		local fork = from ~= to
		facts.commit = at(change, "head", "sha")
		facts.change = { number = at(change, "number"),
			action = payload.action, title = at(change, "title"),
			source = at(change, "head", "ref"),
			target = at(change, "base", "ref"), fork = fork,
			trusted = not fork and (not standing
				or standing == "OWNER" or standing == "MEMBER"
				or standing == "COLLABORATOR") }
	end
	return facts
end

local function gitlab_facts(_, payload)
	local kind = payload.object_kind
	local attributes = at(payload, "object_attributes")
	local facts = { event = kind == "tag_push" and "tag"
			or kind == "merge_request" and "pull_request" or kind,
		repository = at(payload, "project", "path_with_namespace"),
		actor = payload.user_username
			or at(payload, "user", "username"),
		ref = payload.ref, commit = payload.after }

	if kind == "merge_request" and attributes then
		local fork = attributes.source_project_id
			~= attributes.target_project_id
		facts.commit = at(attributes, "last_commit", "id")
		facts.change = { number = attributes.iid,
			action = attributes.action, title = attributes.title,
			source = attributes.source_branch,
			target = attributes.target_branch, fork = fork,
			trusted = not fork }
	end
	return facts
end

local function bitbucket_facts(event, payload)
	local new = at(payload, "push", "changes", 1, "new")
	local change = at(payload, "pullrequest")
	local facts = { event = event:gsub("^repo:", ""),
		repository = at(payload, "repository", "full_name"),
		actor = at(payload, "actor", "nickname"),
		commit = at(new, "target", "hash") }

	if at(new, "name") then
		local is_tag = new.type == "tag"
		facts.ref = (is_tag and "refs/tags/" or "refs/heads/")
			.. new.name
		facts.event = is_tag and "tag" or facts.event
	end
	if change then
		local fork = at(change, "source", "repository", "full_name")
			~= at(change, "destination", "repository", "full_name")
		facts.event = "pull_request"
		facts.commit = at(change, "source", "commit", "hash")
		facts.change = { number = change.id,
			action = event:gsub("^pullrequest:", ""),
			title = change.title,
			source = at(change, "source", "branch", "name"),
			target = at(change, "destination", "branch", "name"),
			fork = fork, trusted = not fork }
	end
	return facts
end

---@class hooks.Forge
---@field name string
---@field event string the header that names the event, by which it is known
---@field delivery string[] headers that identify a delivery
---@field verify fun(headers: table, body: string, secret: string): boolean
---@field facts fun(event: string, payload: table): table

--- In the order in which they are tried: Gitea also sends GitHub's headers.
---@type hooks.Forge[]
return {
	{ name = "forgejo", event = "x-forgejo-event",
		delivery = { "x-forgejo-delivery" },
		verify = signed("x-forgejo-signature", ""),
		facts = github_facts },
	{ name = "gitea", event = "x-gitea-event",
		delivery = { "x-gitea-delivery" },
		verify = signed("x-gitea-signature", ""),
		facts = github_facts },
	{ name = "github", event = "x-github-event",
		delivery = { "x-github-delivery" },
		verify = signed("x-hub-signature-256", "sha256="),
		facts = github_facts },
	{ name = "gitlab", event = "x-gitlab-event",
		delivery = { "idempotency-key", "x-gitlab-event-uuid" },
		verify = function(headers, _, secret)
			local given = headers["x-gitlab-token"]
			return given ~= nil and hash.equal(
				hash.sha256(given), hash.sha256(secret))
		end, facts = gitlab_facts },
	{ name = "bitbucket", event = "x-event-key",
		delivery = { "x-request-uuid" },
		verify = signed("x-hub-signature", "sha256="),
		facts = bitbucket_facts },
	{ name = "generic", event = "x-tidemill-event",
		delivery = { "x-tidemill-delivery", "idempotency-key" },
		verify = signed("x-tidemill-signature", "sha256="),
		facts = function(event) return { event = event } end },
}
