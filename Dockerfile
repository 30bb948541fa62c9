# LoomStack's bot and workers. Build: docker build -t loomstack .   Run: see compose.yml
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: "prepare" would build before the sources are here.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:20-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20-bookworm-slim
# git and ssh reach the repositories; bubblewrap confines agents and checks; tini reaps what they leave behind.
RUN apt-get update \
  && apt-get install -y --no-install-recommends bubblewrap ca-certificates git openssh-client tini \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production LOOM_HOME=/data
# A volume takes the owner of the folder that it covers, so both are made here for the user who runs.
RUN mkdir -p /data/mirrors && chown -R node:node /data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json manifest.yml LICENSE ./
COPY drizzle drizzle
COPY policies policies
COPY skills skills
USER node
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["node", "dist/entry/loom.js", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "node", "dist/entry/loom.js"]
CMD ["start"]
