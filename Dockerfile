# API, worker and one-shot programs of Durabill in one image; the command chooses.
FROM node:22-slim

# Temporal's native client reads the system's certificates when TLS is on.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /app
ENV NODE_ENV=production

COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

COPY . .

USER node
EXPOSE 3000

# There is no build step: tsx compiles while it loads.
CMD ["node", "--enable-source-maps", "--import", "tsx", "api/main.ts"]
