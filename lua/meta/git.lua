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

---@class git.Credentials
---@field token? string HTTP: the password, of any user
---@field user? string ["git"]
---@field password? string
---@field key? string SSH: file of the private key
---@field passphrase? string of the key
---@field agent? boolean ask the SSH agent [true]
---@field netrc? boolean look into ~/.netrc [true]
---@field helper? boolean ask git's credential.helper [true]

---@class git.RemoteOptions
---@field credentials? git.Credentials [those of the environment and the user]
---@field progress? git.Progress tells how far it is

---@class git.CloneOptions: git.RemoteOptions
---@field branch? string to check out [the remote's HEAD]
---@field bare? boolean [false]
---@field mirror? boolean bare, with all refs as they are there [false]
---@field single_branch? boolean nothing of other branches [false]
---@field depth? integer commits of history [all]
---@field recursive? boolean with submodules, theirs too [false]

---@class git.FetchOptions: git.RemoteOptions
---@field remote? string its name or URL ["origin"]
---@field refspecs? string[] "refs/heads/x:refs/remotes/origin/x" [its own]
---@field tags? "auto"|"all"|"none" ["auto": those of what comes along]
---@field prune? boolean remove what is gone there [true]
---@field depth? integer commits of history [as it is]

---@class git.PushOptions: git.RemoteOptions
---@field remote? string its name or URL ["origin"]
---@field refspecs? string[] "main", "HEAD:next", "+x", "v1" [current branch]
---@field delete? string[] branches and tags that are deleted there
---@field force? boolean whatever is there is overwritten [false]
---@field lease? boolean ditto, if it is what was last fetched [false]
---@field tags? boolean all tags, too [false]
---@field set_upstream? boolean the branches track those there [false]

---@class git.RefChange
---@field name string "refs/remotes/origin/main"
---@field old string|nil nil: it is new
---@field new string|nil nil: it is gone

---@class git.SubmodulesOptions: git.RemoteOptions
---@field paths? string[] only these [all]
---@field recursive? boolean theirs, too [false]
---@field allow_local? boolean those of this machine are fine [false]

---@class git.Submodule
---@field name string
---@field path string
---@field url string|nil
---@field wanted string|nil the commit that HEAD asks for
---@field actual string|nil the commit that is checked out

---@class git.InitOptions
---@field bare? boolean [false]
---@field branch? string what HEAD is on [as git is configured]

---@class git.ProgressSnapshot
---@field phase string "waiting", "connecting", "receiving", "sending",
--- "checkout" or "done"
---@field objects integer received or sent
---@field total integer 0: not known yet
---@field bytes integer
---@field files integer written
---@field all_files integer

---@class git.WorkspaceOptions
---@field ref? string "refs/heads/x": HEAD is on that branch [detached]

---@class git.Workspace
---@field path string
---@field oid string the commit
---@field files integer written; 0 when it was there already
---@field reused boolean it was whole, and nothing was done

---@class git.Branch
---@field name string "main"; of a remote: "origin/main"
---@field oid string
---@field upstream string|nil "origin/main"
---@field current boolean HEAD is on it
---@field remote boolean

---@class git.BranchesOptions
---@field remote? boolean those of remotes, too [false]

---@class git.ForceOptions
---@field force? boolean do it although something would be lost [false]

---@class git.SwitchOptions
---@field create? boolean the branch is new [false]
---@field rev? string where a new branch begins ["HEAD"]
---@field detach? boolean on the commit, on no branch [false]
---@field force? boolean changes of the files are thrown away [false]

---@class git.CommitOptions
---@field message? string only an amended commit has one already
---@field author? string "Ada <ada@b.c>", perhaps with " SECONDS +0100"
---@field committer? string ditto [GIT_COMMITTER_NAME…, user.name…]
---@field paths? string[] added before
---@field all? boolean known files that changed are added before [false]
---@field allow_empty? boolean a commit that changes nothing [false]
---@field amend? boolean in place of the last commit [false]

---@class git.MergeOptions
---@field ff? "auto"|"never"|"only" move HEAD without a commit if it can be
---@field squash? boolean one commit with one parent [false]
---@field keep? boolean into index and files, not committed [false]
---@field favor? "ours"|"theirs" where both changed the same [a conflict]
---@field message? string ["Merge branch 'x'"]
---@field author? string

---@class git.Merged
---@field kind "nothing"|"forward"|"merge"|"squash"|"kept"
---@field oid string HEAD afterwards

---@class git.PickOptions
---@field mainline? integer of a merge: the parent it is seen from
---@field keep? boolean into index and files, not committed [false]
---@field message? string

---@class git.StashOptions
---@field message? string
---@field untracked? boolean files that git does not know, too [false]
---@field keep_index? boolean what is in the index stays [false]

---@class git.Stash
---@field oid string
---@field message string "On main: text"

---@class git.NoteOptions
---@field ref? string "ci" for refs/notes/ci [refs/notes/commits]
---@field force? boolean replace the one that is there [false]

---@class git.Note
---@field oid string the commit
---@field text string

---@class git.BlameOptions
---@field rev? string ["HEAD"]
---@field from? integer first line, from 1
---@field to? integer last line

---@class git.BlameHunk
---@field first integer line, from 1
---@field last integer
---@field first_before integer the first line's number then
---@field path string the file's name then
---@field oid string the commit that wrote the lines
---@field subject string its first line
---@field author git.Person

---@class git.DescribeOptions
---@field rev? string ["HEAD"]
---@field tags? boolean light tags, too [false]
---@field all? boolean any ref [false]
---@field exact? boolean only a tag of the commit itself [false]
---@field pattern? string only tags like this glob
---@field always? boolean the short oid if no tag leads to it [false]
---@field dirty? boolean with "-dirty" if files are changed [false]
---@field long? boolean with count and commit in any case [false]

---@class git.TreeOptions
---@field path? string a folder [the root]
---@field recursive? boolean all files below instead of folders [false]
---@field sizes? boolean bytes of each file [false]
---@field max? integer entries; more raise `limit` [100000]

---@class git.TreeEntry
---@field path string from the root of the repository
---@field oid string
---@field kind "file"|"folder"|"link"|"submodule"
---@field executable boolean
---@field size? integer

---@class git.PatchOptions
---@field from? string ["HEAD"]
---@field to? string [the files as they are]
---@field staged? boolean to the index [false]
---@field merge_base? boolean from the merge base of both [false]
---@field paths? string[] only these files and folders; globs are fine
---@field context? integer lines around each change [3]
---@field max? integer bytes; more raise `limit` [16 MiB]

---@class git.ReadOptions
---@field max? integer bytes; more raise `limit` [16 MiB]

---@class git.WorktreeOptions
---@field name? string [the last part of the folder]
---@field branch? string made if there is none of that name [`name`]
---@field rev? string where a new branch begins ["HEAD"]

---@class git.Worktree
---@field name string
---@field path string
---@field branch string|nil nil: detached or gone
---@field oid string|nil
---@field locked boolean
---@field gone boolean its folder is not there any more

--- Opens the repository that `path` is in. Raises `not_found` if none.
---@param path? string [the current directory]
---@return git.Repo
function git.open(path) end

--- Waits until there is a new, empty repository, and returns it. Raises `busy`
--- if there is one.
---@async
---@param dir string
---@param options? git.InitOptions
---@return git.Repo
function git.init(dir, options) end

--- Returns a handle that tells other tasks how far a clone, fetch or push is.
---@return git.Progress
function git.progress() end

---@class git.Progress
local progress = {}

--- Returns how far it is now.
---@return git.ProgressSnapshot
function progress:snapshot() end

--- Waits until `url` is cloned into `dir` and returns the new repository.
--- Raises `io` when the host's key is not known, or has changed.
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
---@param options? git.RemoteOptions
---@return table<string, string> refs
---@return string|nil head
function git.remote_refs(url, options) end

--- Waits until `dir` is a mirror of all branches and tags at `url`; returns it.
---@async
---@param url string
---@param dir string
---@param options? git.RemoteOptions
---@return git.Repo
function git.mirror(url, dir, options) end

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

---@class git.HistoryOptions
---@field range? string "A..B": commits that B has and A has not ["HEAD"]
---@field cache? string file [tidemill/history.cache in the repository]
---@field no_cache? boolean neither read nor write one [false]
---@field messages? boolean whole messages, too [false]

---@class git.Touched
---@field path string
---@field old_path? string before it was renamed
---@field added integer lines
---@field deleted integer

---@class git.Features
---@field commit string
---@field name string of the author
---@field email string ditto, in lower case
---@field subject string first paragraph of the message, in one line
---@field message? string if asked for
---@field author_time integer seconds since 1970
---@field commit_time integer ditto
---@field files git.Touched[] source code only
---@field ns integer subsystems (first directories) touched
---@field nd integer directories
---@field nf integer files
---@field entropy number of the changed lines over the files, in bits
---@field la integer lines added
---@field ld integer lines deleted
---@field lt number lines of the files before, on average
---@field fix boolean the subject speaks of a fix
---@field ndev integer authors that changed these files before
---@field age number days since the files were changed, on average
---@field nuc integer different commits that changed them last
---@field exp integer earlier commits of the author
---@field rexp number the same, each divided by its age in years + 1
---@field sexp integer the same, in one of these subsystems

--- Waits for the just-in-time features of all commits that are no merges and
--- touch source code, parents first. See docs/modules/git-features.md.
---@async
---@param repo string|git.Repo
---@param options? git.HistoryOptions
---@return git.Features[]
function git.history(repo, options) end

--- Waits for the same as comma-separated values.
---@async
---@param repo string|git.Repo
---@param options? git.HistoryOptions
---@return string
function git.history_csv(repo, options) end

return git, progress
