import { lstatSync, readlinkSync } from "node:fs";
import { basename, dirname, sep } from "node:path";

export interface BwrapProfile {
  /** Inner environment; bubblewrap itself is started with none of it, because /proc/1/environ inside shows its own. */
  env: { [name: string]: string };
  cwd: string;
  network: boolean;
  readable: string[];
  writable: string[];
  passwdFile: string;
  groupFile: string;
  /** As `systemFolders` found them. */
  system: string[];
}

export const homeInside = "/home/agent";
const tmpfsBytes = String(2 * 1024 ** 3);

/** What Node, git and npm need of /etc; nothing there that is secret. */
const etc = ["ssl", "ca-certificates", "pki", "hosts", "nsswitch.conf", "localtime", "alternatives"];
const etcLibraries = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "mime.types", "protocols", "services"];

/** The arguments of `bwrap` before the program's own argv. The file system inside is read-only but for what is named. */
export function bwrapArguments(profile: BwrapProfile): string[] {
  const { cwd, passwdFile, groupFile } = profile;
  return [
    ...["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"],
    ...(profile.network ? [] : ["--unshare-net"]),
    ...["--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"],
    ...["--uid", "1000", "--gid", "1000", "--json-status-fd", "3"],
    ...Object.entries(profile.env).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--ro-bind", "/usr", "/usr", ...profile.system],
    ...[...etc, ...etcLibraries, ...(profile.network ? ["resolv.conf"] : [])].flatMap((name) => [
      "--ro-bind-try",
      `/etc/${name}`,
      `/etc/${name}`,
    ]),
    ...["--ro-bind", passwdFile, "/etc/passwd", "--ro-bind", groupFile, "/etc/group"],
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", tmpfsBytes, "--tmpfs", "/tmp", "--size", tmpfsBytes, "--tmpfs", homeInside],
    ...binds(profile),
    ...["--remount-ro", "/", "--chdir", cwd, "--"],
  ];
}

/** /bin and its like as this system has them: links into /usr on most, folders of their own on Alpine. */
export function systemFolders(): string[] {
  return ["/bin", "/sbin", "/lib", "/lib32", "/lib64"].flatMap((path) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return [];
    return stats.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  });
}

function binds({ cwd, readable, writable }: BwrapProfile): string[] {
  const wishes = [
    ...readable.map((path) => ({ path, how: "--ro-bind-try" })),
    ...[...writable, cwd].map((path) => ({ path, how: "--bind" })),
  ];
  // A folder bound later hides what was bound inside it, so the outer ones come first; of the same one the writable wins.
  return wishes
    .toSorted((a, b) => a.path.length - b.path.length)
    .flatMap(({ path, how }) => [how, path, path]);
}

/** The folder that holds Node and what was installed with it, when it is not in /usr: a version manager's, for example. */
export function nodeFolder(execPath: string): string[] {
  if (execPath.startsWith("/usr/")) return [];
  const prefix = dirname(dirname(execPath));
  // Only a real prefix is bound whole: for ~/bin/node it would be somebody's home.
  const isPrefix = basename(dirname(execPath)) === "bin" && /node|v?[0-9]+\.[0-9]+/i.test(basename(prefix));
  return [isPrefix ? prefix : execPath];
}

/** The entries of a PATH that can be seen inside. */
export function visiblePath(path: string, readable: string[]): string {
  const roots = ["/usr", "/bin", "/sbin", ...readable];
  const isVisible = (folder: string): boolean =>
    roots.some((root) => folder === root || folder.startsWith(root + sep));
  return [...new Set(path.split(":").filter((folder) => folder !== "" && isVisible(folder)))].join(":");
}
