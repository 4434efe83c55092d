-- For Lmod. It finds the folder of jobtop by its own place there; if you copy it elsewhere, name the folder.
local root = myFileName():match("^(.*)/share/modulefiles/") or "/opt/jobtop/@VERSION@"

help([[@SUMMARY@

jobtop          opens the screen
jobtop demo     tries it without a job system
man jobtop      has the keys, the commands and the configuration]])

whatis("Name: jobtop")
whatis("Version: @VERSION@")
whatis("Description: @SUMMARY@")

prepend_path("PATH", pathJoin(root, "bin"))
prepend_path("MANPATH", pathJoin(root, "share/man"))
-- An empty entry stands for the usual manual pages.
append_path("MANPATH", "")
