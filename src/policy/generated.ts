const paths =
  /(?:^|\/)(?:dist|build|out|vendor|third_party|node_modules|generated|__generated__)\/|(?:\.min\.(?:js|css)|\.map|\.pb\.go|_pb2?\.py|\.g\.dart|\.designer\.cs|\.snap)$|(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.lock|go\.sum|poetry\.lock|Gemfile\.lock|composer\.lock)$/i;

/** Whether a program wrote the file: by its place and name, or by what its first lines say of themselves. */
export const isGenerated = (path: string, text: string | null): boolean =>
  paths.test(path) ||
  /@generated\b|\bDO NOT EDIT\b|\bautomatically generated\b/i.test(
    (text ?? "").split("\n", 6).join("\n").slice(0, 2_000),
  );
