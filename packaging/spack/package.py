from spack_repo.builtin.build_systems.generic import Package

from spack.package import *


class Jobtop(Package):
    """@SUMMARY@"""

    homepage = "@URL@"
    url = "@URL@/jobtop-@VERSION@.tgz"

    license("MIT")

    version("@VERSION@", sha256="@SHA256_PACKAGE@")

    depends_on("node-js@@NODE@:", type=("build", "run"))

    def install(self, spec, prefix):
        # Bundled JavaScript: there is nothing to compile, and no other package of npm is needed.
        program = join_path(prefix.lib, "jobtop")
        mkdirp(program, prefix.bin, prefix.share.man.man1)
        install("package.json", program)
        install_tree("dist", join_path(program, "dist"))
        symlink("../lib/jobtop/dist/jobtop.js", prefix.bin.jobtop)
        install("docs/jobtop.1", prefix.share.man.man1)

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def check_version(self):
        jobtop = Executable(self.prefix.bin.jobtop)
        if jobtop("--version", output=str).strip() != str(self.version):
            raise InstallError("jobtop does not tell its version")
