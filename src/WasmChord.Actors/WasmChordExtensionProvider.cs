using Akka.Actor;

namespace WasmChord.Actors;

/// <summary>Creates the extension; can be named in <c>akka.extensions</c> to start it with the system.</summary>
public sealed class WasmChordExtensionProvider : ExtensionIdProvider<WasmChordExtension>
{
    /// <inheritdoc/>
    public override WasmChordExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
