import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { unpackDebian } from "./debian-packages.ts";

const NGINX_CONF = `user nginx;
worker_processes auto;
error_log /dev/stderr notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /dev/stdout;
  include /etc/nginx/conf.d/*.conf;
}
`;

const DEFAULT_SERVER = `server {
  listen 80;
  location / { root /usr/share/nginx/html; }
}
`;

/** What a server has no use for, and half the size of everything. */
const DEAD_WEIGHT = ["usr/share/doc", "usr/share/man", "usr/share/lintian", "usr/share/locale", "etc/init.d"];

/** Fills `rootfs` with nginx from Debian, laid out as in the official image: same paths, user and ids. */
export function fillNginxRootfs(rootfs: string): void {
  unpackDebian(["nginx", "nginx-common"], rootfs);
  for (const dead of DEAD_WEIGHT) rmSync(path.join(rootfs, dead), { recursive: true, force: true });
  for (const gconv of gconvDirectories(rootfs)) rmSync(gconv, { recursive: true, force: true });
  // base-files is what links these where Debian has merged them; without it the loader would not be found.
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    const link = path.join(rootfs, name);
    if (!existsSync(link) && existsSync(path.join(rootfs, "usr", name))) symlinkSync(`usr/${name}`, link);
  }
  // No /tmp: the archive's modes are cut to 0755, and a tmpfs mounted there would take that over from the image.
  for (const directory of ["etc/nginx/conf.d", "var/cache/nginx", "var/log/nginx", "run", "usr/share/nginx/html"]) {
    mkdirSync(path.join(rootfs, directory), { recursive: true });
  }
  const etc = (name: string, text: string) => writeFileSync(path.join(rootfs, "etc", name), text);
  etc("passwd", "root:x:0:0:root:/root:/bin/false\nnginx:x:101:101:nginx:/nonexistent:/bin/false\n");
  etc("group", "root:x:0:\nnginx:x:101:\n");
  etc("nginx/nginx.conf", NGINX_CONF);
  etc("nginx/conf.d/default.conf", DEFAULT_SERVER);
}

function gconvDirectories(rootfs: string): readonly string[] {
  return [path.join(rootfs, "usr", "lib")].flatMap((lib) =>
    readdirSync(lib)
      .map((triplet) => path.join(lib, triplet, "gconv"))
      .filter((directory) => existsSync(directory)),
  );
}
