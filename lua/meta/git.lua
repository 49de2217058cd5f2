---@meta git
--- Git: repositories, their history, remotes, and the workspaces of runs.
--- Everything runs on the thread pool; a cancelled task stops it.
error("definitions for the editor, not a module")

---@class git
local git = {}

---@class git.Ref
---@field name string "refs/heads/main"
---@field short string "main"
---@field oid string
---@field kind "branch"|"tag"|"other"

---@class git.Person
---@field name string
---@field email string
---@field time integer ms since 1970
---@field offset integer minutes east of UTC

---@class git.Commit
---@field oid string
---@field tree string
---@field author git.Person
---@field committer git.Person
---@field message string
---@field subject string its first line
---@field parents string[]

---@class git.Change
---@field path string
---@field old_path? string before it was renamed
---@field kind "A"|"M"|"D"|"R"|"T"
---@field insertions? integer lines; nil for binary files
---@field deletions? integer

---@class git.Diff
---@field files git.Change[] sorted by path
---@field insertions integer
---@field deletions integer
---@field truncated boolean more than 10,000 files changed
---@field base string|nil the commit compared with; nil: with nothing

---@class git.LogOptions
---@field from? string newest commit ["HEAD"]
---@field to? string leave out what it reaches
---@field limit? integer [100]
---@field paths? string[] only commits that changed one of these

---@class git.Tag
---@field name string "v1.0"
---@field oid string what the ref holds: the tag object or the commit
---@field commit string|nil the commit; nil when it names something else
---@field message string|nil nil: a light tag

---@class git.Status
---@field path string
---@field index string " ", "M", "A", "D", "R", "T" as in `git status --short`
---@field worktree string ditto, "?" untracked, "U" unmerged

---@class git.CloneOptions
---@field branch? string to check out [the remote's HEAD]
---@field bare? boolean [false]

---@class git.WorkspaceOptions
---@field ref? string "refs/heads/x": HEAD is on that branch [detached]

---@class git.Workspace
---@field path string
---@field oid string the commit
---@field files integer written; 0 when it was there already
---@field reused boolean it was whole, and nothing was done

--- Opens the repository that `path` is in. Raises `not_found` if none.
---@param path? string [the current directory]
---@return git.Repo
function git.open(path) end

--- Waits until `url` is cloned into `dir` and returns the new repository.
---@async
---@param url string
---@param dir string must not exist or be empty
---@param options? git.CloneOptions
---@return git.Repo
function git.clone(url, dir, options) end

--- Waits for the branches and tags of another repository: name to oid, and its
--- default branch ("refs/heads/main") or nil.
---@async
---@param url string
---@return table<string, string> refs
---@return string|nil head
function git.remote_refs(url) end

--- Waits until `dir` is a mirror of all branches and tags at `url`; returns it.
---@async
---@param url string
---@param dir string
---@return git.Repo
function git.mirror(url, dir) end

--- Waits until `dir` holds the files of commit `oid` with a small repository
--- around them that borrows the objects of `repo`. What is whole already is
--- left as it is; what is half-made is made again.
---@async
---@param repo string|git.Repo
---@param oid string
---@param dir string
---@param options? git.WorkspaceOptions
---@return git.Workspace
function git.workspace(repo, oid, dir, options) end

---@class git.Repo
---@field path string the working tree, or the directory of a bare repository
---@field dir string the .git directory
---@field bare boolean
local repo = {}

--- Waits for all refs, sorted by name; `prefix` as "refs/tags/" for some.
---@async
---@param prefix? string
---@return git.Ref[]
function repo:refs(prefix) end

--- Waits for one ref by its full or short name; nil when there is none.
---@async
---@param name string
---@return git.Ref|nil
function repo:ref(name) end

--- Waits for the branch HEAD is on and its commit; nil in a new repository.
--- A detached HEAD has the name "HEAD".
---@async
---@return git.Ref|nil
function repo:head() end

--- Waits for the branch that others start from; nil in a new repository.
---@async
---@return git.Ref|nil
function repo:default_branch() end

--- Waits for commits, newest first. Raises `not_found` with the nearest name
--- when a ref is mistyped.
---@async
---@param options? git.LogOptions
---@return git.Commit[]
function repo:log(options) end

--- Waits for a commit by ref, name or the beginning of one; nil if none.
---@async
---@param rev string
---@return git.Commit|nil
function repo:commit(rev) end

--- Waits for the oid of a commit. Raises `not_found` with the nearest name.
---@async
---@param rev string "main", "v1.0", "HEAD~2", "4e1f"
---@return string
function repo:resolve(rev) end

--- Waits for what differs between two commits, with counted lines.
---@async
---@param from string
---@param to? string ["HEAD"]
---@return git.Diff
function repo:diff(from, to) end

--- Waits for the paths that `to` changed since it left `from` (merge base).
--- Without `from`: since it left the default branch.
---@async
---@param from string|nil
---@param to? string ["HEAD"]
---@return string[]
function repo:changed(from, to) end

--- Waits for the files that differ from HEAD; empty when all is committed.
---@async
---@return git.Status[]
function repo:status() end

--- Waits until a tag is made and returns its oid. Raises `busy` if it exists.
---@async
---@param name string
---@param rev? string ["HEAD"]
---@param message? string makes an annotated tag
---@return string
function repo:tag(name, rev, message) end

--- Waits for all tags, sorted by name.
---@async
---@return git.Tag[]
function repo:tags() end

--- Waits until `dir` holds the files of a commit; see `git.workspace`.
---@async
---@param rev string
---@param dir string
---@return git.Workspace
function repo:checkout(rev, dir) end

--- Waits until a remote was fetched and what is gone there was removed.
---@async
---@param remote? string ["origin"]
function repo:fetch(remote) end

--- Waits for a file as it is in a commit; nil when it is not there.
---@async
---@param rev string
---@param path string
---@return string|nil bytes
---@return string|nil oid of the blob
function repo:file(rev, path) end

--- Waits for whether `ancestor` is reachable from `rev`.
---@async
---@param ancestor string
---@param rev? string ["HEAD"]
---@return boolean
function repo:is_ancestor(ancestor, rev) end

return git, repo
