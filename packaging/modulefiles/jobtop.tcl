#%Module
# For Environment Modules. It finds the folder of jobtop by its own place there; if you copy it elsewhere, name the folder.
if {![regexp {^(.*)/share/modulefiles/} $ModulesCurrentModulefile all root]} {
    set root /opt/jobtop/@VERSION@
}

proc ModulesHelp {} {
    puts stderr {@SUMMARY@

jobtop          opens the screen
jobtop demo     tries it without a job system
man jobtop      has the keys, the commands and the configuration}
}

module-whatis {@SUMMARY@}

prepend-path PATH $root/bin
prepend-path MANPATH $root/share/man
# An empty entry stands for the usual manual pages.
append-path MANPATH ""
