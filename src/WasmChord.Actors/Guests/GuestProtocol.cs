using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>What is said about guests, to the model's actor. Nothing here leaves the process.</summary>
public static class GuestProtocol
{
    /// <summary>Something to be done.</summary>
    public interface ICommand : INoSerializationVerificationNeeded;

    /// <summary>Something to be told.</summary>
    public interface IQuery : INoSerializationVerificationNeeded;

    /// <summary>An answer.</summary>
    public interface IEvent : INoSerializationVerificationNeeded;

    /// <summary>
    /// A requester asks for a guest to be run; exactly one <see cref="GuestEnded"/> or <see cref="GuestRefused"/> comes
    /// back. When the requester ends, so does the guest.
    /// </summary>
    /// <param name="Id">Names it.</param>
    /// <param name="Module">Its WebAssembly binary or text.</param>
    /// <param name="Options">How it is run.</param>
    public sealed record RunGuest(GuestId Id, ReadOnlyMemory<byte> Module, GuestOptions Options) : ICommand;

    /// <summary>Stops a guest, which ends with <see cref="GuestEnd.Stopped"/>; not answered otherwise.</summary>
    /// <param name="Id">Which.</param>
    public sealed record StopGuest(GuestId Id) : ICommand;

    /// <summary>Asks for <see cref="GuestStatistics"/>.</summary>
    public sealed record GetGuestStatistics : IQuery;

    /// <summary>A guest has ended, and everything that it held is given back.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Result">How, and what came of it.</param>
    public sealed record GuestEnded(GuestId Id, GuestResult Result) : IEvent;

    /// <summary>A guest was not run.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Text">Why, for people, with the numbers.</param>
    public sealed record GuestRefused(GuestId Id, GuestRefusal Reason, string Text) : IEvent;

    /// <summary>What a model's guests have done.</summary>
    /// <param name="Running">Guests that run, or wait for a thread.</param>
    /// <param name="Ended">Guests that ended, by how.</param>
    /// <param name="Refused">Guests that were refused.</param>
    /// <param name="Compilations">Modules compiled since the system began, by all models' guests.</param>
    /// <param name="CompiledHits">Compilations that were spared because the module was known.</param>
    public sealed record GuestStatistics(
        int Running, IReadOnlyDictionary<GuestEnd, long> Ended, long Refused, long Compilations, long CompiledHits) : IEvent;
}
