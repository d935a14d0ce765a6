# shellcheck shell=bash
# Errors of an application that come from the sandbox of its service, in words that name the key.

says() { grep -qiE -- "$1" <<<"$2"; }

# sandbox_hint TEXT: nothing, or a sentence with a blank before it. TEXT is what the service said last.
sandbox_hint() {
  local text=$1 allow=""
  # numba, llvmlite, cffi; a mapping that is written and run, as a library does it itself.
  if says 'allocate (write\+execute|executable) memory|unable to (allocate|make) .*(section|executable)|LLVM ERROR: .*(memory|permission)' "$text" ||
    { says 'mmap|mprotect' "$text" && says 'permission ?(denied|error)|not permitted' "$text"; }; then
    allow="jit: memory that is written and then run, as just-in-time compilers do"
  elif says "(no such file|permission denied|failed to (parse|read|open)).*/proc/" "$text"; then
    allow="proc: files of /proc beside those of the service's own processes"
  elif says 'address family not supported' "$text"; then
    allow="netlink: the list of network interfaces"
  elif says 'sched_set|setpriority|set_mempolicy|os\.nice' "$text" && says 'not permitted' "$text"; then
    allow="scheduling: priorities and the choice of processors"
  elif says "(no such file|permission denied).*/dev/" "$text"; then
    allow="devices: those of /dev"
  elif says 'unable to locate credentials|NoCredentialsError|169\.254\.169\.254' "$text"; then
    allow="metadata: the credentials of the host's role, which whoever takes over the application has then, too"
  fi
  if [ -n "$allow" ]; then
    printf ' This looks like the sandbox of the service, which forbids it; if the application needs it, add to ml-gateway:sandbox.allow %s.' "$allow"
  elif says "read-only file system" "$text"; then
    printf ' The service may write in /home/ddos/data and /tmp alone: let the application (or the library, by its own variable in ml-gateway:env) write there.'
  fi
}
