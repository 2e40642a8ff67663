package io.stele.server.config;

import io.stele.transport.client.FaceSettings;
import java.util.List;

/**
 * What only the faces of other protocols need to know.
 *
 * @param settings what they are told
 * @param listenHttpUrls where HTTP/1.1 is spoken alone; if there are any, it is not spoken with the clients any more
 * @param listenMetricsUrls where health and metrics are asked for, besides
 */
public record FaceConfig(FaceSettings settings, List<ListenUrl> listenHttpUrls, List<ListenUrl> listenMetricsUrls) {
    public static final FaceConfig DEFAULT = new FaceConfig(FaceSettings.DEFAULT, List.of(), List.of());

    private static final int BCRYPT_COST_MIN = 4;
    private static final int BCRYPT_COST_MAX = 31;

    public FaceConfig {
        listenHttpUrls = List.copyOf(listenHttpUrls);
        listenMetricsUrls = List.copyOf(listenMetricsUrls);
        int cost = settings.bcryptCost();
        if (cost < BCRYPT_COST_MIN || cost > BCRYPT_COST_MAX) {
            throw new ConfigException(
                    "--bcrypt-cost must be between " + BCRYPT_COST_MIN + " and " + BCRYPT_COST_MAX + ", got " + cost);
        }
    }
}
