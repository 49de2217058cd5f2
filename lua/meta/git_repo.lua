---@meta git
--- Git: what can be done with one repository.
error("definitions for the editor, not a module")

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

--- Waits for a commit by ref, name or the beginning of one; nil if none. With
--- a table: commits the index on HEAD and returns the new commit's oid; hooks
--- do not run.
---@async
---@param rev string|git.CommitOptions
---@return git.Commit|string|nil
function repo:commit(rev) end

--- Waits until files and folders are in the index as they are on the disk,
--- removed ones too. Raises `not_found` for a path that is nowhere.
---@async
---@param paths? string|string[] globs are fine [everything but what is ignored]
function repo:add(paths) end

--- Waits until a commit or branch is merged into HEAD. Raises `conflict` with
--- the paths, or `busy` when changed files would be lost: nothing is done then.
---@async
---@param rev string
---@param options? git.MergeOptions
---@return git.Merged
function repo:merge(rev, options) end

--- Waits for the best common ancestor of two or more commits; nil if none.
---@async
---@param ... string
---@return string|nil
function repo:merge_base(...) end

--- Waits for how many commits `rev` has that `base` has not, and the other way.
---@async
---@param rev string
---@param base string
---@return integer ahead
---@return integer behind
function repo:ahead_behind(rev, base) end

--- Waits until the change of a commit is made again on HEAD and returns the new
--- commit. Raises as `merge` does.
---@async
---@param rev string
---@param options? git.PickOptions
---@return string
function repo:cherry_pick(rev, options) end

--- Waits until a commit's change is undone on HEAD and returns the new commit.
--- Raises as `merge` does.
---@async
---@param rev string
---@param options? git.PickOptions
---@return string
function repo:revert(rev, options) end

--- Waits for the branches, sorted by name.
---@async
---@param options? git.BranchesOptions
---@return git.Branch[]
function repo:branches(options) end

--- Waits for the name of the branch HEAD is on; nil when it is on none.
---@async
---@return string|nil
function repo:branch() end

--- Waits until a branch is made and returns its commit. Raises `busy` if it
--- exists.
---@async
---@param name string
---@param rev? string ["HEAD"]
---@param options? git.ForceOptions `force` moves one that exists
---@return string
function repo:create_branch(name, rev, options) end

--- Waits until a branch is deleted. Raises `conflict` if it has commits that
--- are not merged into its upstream or HEAD, `busy` if it is checked out.
---@async
---@param name string
---@param options? git.ForceOptions
function repo:delete_branch(name, options) end

--- Waits until a branch has another name. Raises `busy` if that exists.
---@async
---@param name string
---@param new string
---@param options? git.ForceOptions
function repo:rename_branch(name, new, options) end

--- Waits until a branch tracks another one, or none.
---@async
---@param name string
---@param upstream string|nil "origin/main"
function repo:set_upstream(name, upstream) end

--- Waits until HEAD is on a branch and the files are its. A name that only a
--- remote has becomes a branch that tracks it. Raises `busy` when changed files
--- would be lost.
---@async
---@param name string
---@param options? git.SwitchOptions
function repo:switch(name, options) end

--- Waits until changes of the files are put aside; nil when there are none.
---@async
---@param options? git.StashOptions
---@return string|nil oid
function repo:stash(options) end

--- Waits for what is put aside, newest first.
---@async
---@return git.Stash[]
function repo:stashes() end

--- Waits until changes are back in the files and forgotten in the stash.
--- Raises `conflict` if they do not fit any more; all is as before then.
---@async
---@param number? integer counted from the newest [1]
function repo:stash_pop(number) end

--- Waits until changes are back in the files; the stash keeps them.
---@async
---@param number? integer [1]
function repo:stash_apply(number) end

--- Waits until changes that were put aside are forgotten.
---@async
---@param number? integer [1]
function repo:stash_drop(number) end

--- Waits for the note on a commit; nil if it has none.
---@async
---@param rev string
---@param ref? string "ci" for refs/notes/ci [refs/notes/commits]
---@return string|nil
function repo:note(rev, ref) end

--- Waits for all notes, sorted by commit.
---@async
---@param ref? string
---@return git.Note[]
function repo:notes(ref) end

--- Waits until a commit has a note. Raises `busy` if it has one already.
---@async
---@param rev string
---@param text string
---@param options? git.NoteOptions
function repo:set_note(rev, text, options) end

--- Waits until a commit's note is removed. Raises `not_found` if it has none.
---@async
---@param rev string
---@param ref? string
function repo:remove_note(rev, ref) end

--- Waits for who wrote the lines of a file.
---@async
---@param path string
---@param options? git.BlameOptions
---@return git.BlameHunk[]
function repo:blame(path, options) end

--- Waits for a commit's name by the nearest annotated tag, "v1.0-3-g1a2b3c4";
--- nil if no tag leads to it.
---@async
---@param options? git.DescribeOptions
---@return string|nil
function repo:describe(options) end

--- Waits for what a folder holds in a commit, without a checkout.
---@async
---@param rev? string ["HEAD"]
---@param options? git.TreeOptions
---@return git.TreeEntry[]
function repo:tree(rev, options) end

--- Waits for differences as text, as `git diff` prints them.
---@async
---@param options? git.PatchOptions
---@return string
function repo:patch(options) end

--- Waits for a file as it is in a commit. Raises `not_found` if there is none.
---@async
---@param rev string
---@param path string
---@param options? git.ReadOptions
---@return string bytes
---@return string oid of the blob
function repo:read(rev, path, options) end

--- Waits until a folder is a further working tree, and returns its path.
---@async
---@param dir string must not exist
---@param options? git.WorktreeOptions
---@return string
function repo:add_worktree(dir, options) end

--- Waits for the working trees that were added.
---@async
---@return git.Worktree[]
function repo:worktrees() end

--- Waits until a working tree and its folder are removed. Raises `busy` if it
--- has changes.
---@async
---@param name string its name or path
---@param options? git.ForceOptions
function repo:remove_worktree(name, options) end

--- Waits until working trees whose folders are gone are forgotten; returns how
--- many.
---@async
---@return integer
function repo:prune_worktrees() end

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
---@param options? git.ForceOptions `force` moves one that exists
---@return string
function repo:tag(name, rev, message, options) end

--- Waits until a tag is deleted. Raises `not_found` if there is none.
---@async
---@param name string
function repo:delete_tag(name) end

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

--- Waits until a remote was fetched and what is gone there was removed; returns
--- the refs that changed (none with a depth).
---@async
---@param options? string|git.FetchOptions the remote's name, or more ["origin"]
---@return git.RefChange[]
function repo:fetch(options) end

--- Waits until branches and tags are pushed; returns the refs that changed.
--- Raises `conflict` when the remote has commits that would be lost, `io` with
--- each ref that it refuses, and why.
---@async
---@param options? git.PushOptions
---@return git.RefChange[]
function repo:push(options) end

--- Waits for the URLs of the remotes, by their names.
---@async
---@return table<string, string>
function repo:remotes() end

--- Waits until a remote is known by a name. Raises `busy` if there is one.
---@async
---@param name string
---@param url string
function repo:add_remote(name, url) end

--- Waits until a remote and its branches here are removed.
---@async
---@param name string
function repo:remove_remote(name) end

--- Waits for the submodules, sorted by path.
---@async
---@return git.Submodule[]
function repo:submodules() end

--- Waits until submodules are what HEAD's commit asks for; clones new ones.
---@async
---@param options? git.SubmodulesOptions
function repo:update_submodules(options) end

--- Waits for a file of at most 1 MiB as it is in a commit; nil when it is not
--- there. See `repo:read`.
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

return repo
