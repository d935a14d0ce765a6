/** Whether an application can forward at all: one that never reads where the backend is answers everything on the gateway, without the models. */
import { contentOf, plainFiles, type AppTree } from "./tree";

/** What says where the backend is: the variable, in any case since settings classes fold it and may have its prefix apart, and the name that the gateway knows it by. */
const SAYS = /upstream_url|["']upstream_["']|backend\.internal/i;
const CODE = /\.(py|toml|ini|cfg|conf|ya?ml|json)$/;
const LARGEST = 1024 * 1024;

/** @param settings values of the gateway's own variables: another name may lead to the backend */
export function canForward(tree: AppTree, settings: readonly string[]): boolean {
  if (settings.some((value) => SAYS.test(value))) return true;
  return plainFiles(tree).some((file) => CODE.test(file.path) && file.size <= LARGEST && SAYS.test(contentOf(tree, file).toString("utf8")));
}

export function noForward(project: string, folder: string): string {
  return (
    `${project}:gateway.mode: is application, in which the application on the gateway forwards to the backend, and nothing in ${folder} reads UPSTREAM_URL, ` +
    `which says where that is; requests would be answered on the gateway, without the models. Write ${project}:gateway.mode: proxy, or let the application forward`
  );
}
