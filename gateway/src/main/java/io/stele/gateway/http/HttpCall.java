package io.stele.gateway.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;

/**
 * One request over HTTP.
 *
 * @param channel where it came from
 * @param request valid while it is being opened
 * @param uri what it is for
 * @param keepAlive whether the connection stays when it was answered
 * @param onDone to be run when it was answered
 */
public record HttpCall(
        Channel channel, FullHttpRequest request, QueryStringDecoder uri, boolean keepAlive, Runnable onDone) {}
