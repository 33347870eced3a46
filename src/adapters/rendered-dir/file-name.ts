/** A target path as the name of a file, one for one and readable: `/etc/nginx/nginx.conf` is `etc%2Fnginx%2Fnginx.conf`. */
export function fileName(target: string): string {
  return encodeURIComponent(target);
}
