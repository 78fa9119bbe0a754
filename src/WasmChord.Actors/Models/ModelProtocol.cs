using Akka.Actor;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>What is said to the model's actor and to the registry of models.</summary>
public static class ModelProtocol
{
    /// <summary>Something to be done.</summary>
    public interface ICommand : INoSerializationVerificationNeeded;

    /// <summary>Something to be told.</summary>
    public interface IQuery : INoSerializationVerificationNeeded;

    /// <summary>An answer.</summary>
    public interface IEvent : INoSerializationVerificationNeeded;

    /// <summary>An application tells the registry to open a model; answered by <see cref="ModelOpened"/> or <see cref="ModelRefused"/>.</summary>
    /// <param name="Path">The file, or any shard of a split model.</param>
    /// <param name="Options">What differs from the settings.</param>
    public sealed record OpenModel(string Path, ModelOptions Options) : ICommand;

    /// <summary>An application tells the model's actor to close; answered by <see cref="ModelClosed"/> once every lease was taken back.</summary>
    public sealed record CloseModel : ICommand;

    /// <summary>An application changes the model's budget; answered by <see cref="BudgetResized"/> or <see cref="BudgetRefused"/>.</summary>
    /// <param name="Budget">The new budget.</param>
    public sealed record ResizeBudget(BudgetSpec Budget) : ICommand;

    /// <summary>
    /// The scheduler asks for memory besides weights; answered by <see cref="MemoryReserved"/>, once the weights' cache has
    /// really given the bytes up, or by <see cref="MemoryRefused"/>.
    /// </summary>
    /// <param name="Use">What for.</param>
    /// <param name="Bytes">How much, on top of what is reserved already.</param>
    /// <param name="Timeout">How long to wait for leases that hold the memory.</param>
    public sealed record ReserveMemory(MemoryUse Use, long Bytes, TimeSpan Timeout) : ICommand;

    /// <summary>The scheduler gives memory back that it no longer holds; not answered.</summary>
    /// <param name="Use">What it was for.</param>
    /// <param name="Bytes">How much.</param>
    public sealed record ReleaseMemory(MemoryUse Use, long Bytes) : ICommand;

    /// <summary>Anyone asks for the <see cref="MemoryStatus"/>, which is the answer.</summary>
    public sealed record GetMemory : IQuery;

    /// <summary>The memory is the asker's, until it releases it.</summary>
    /// <param name="Use">What for.</param>
    /// <param name="Bytes">How much.</param>
    public sealed record MemoryReserved(MemoryUse Use, long Bytes) : IEvent;

    /// <summary>The memory cannot be had, and nothing is reserved.</summary>
    /// <param name="Use">What for.</param>
    /// <param name="Bytes">How much was asked for.</param>
    /// <param name="Text">Why, with the numbers.</param>
    public sealed record MemoryRefused(MemoryUse Use, long Bytes, string Text) : IEvent;

    /// <summary>The model is open.</summary>
    /// <param name="Model">Its actor, for every later message; it survives restarts.</param>
    /// <param name="Description">What was opened, and how.</param>
    public sealed record ModelOpened(IActorRef Model, ModelDescription Description) : IEvent;

    /// <summary>The model cannot be opened.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Text">Why, for people, with the numbers.</param>
    public sealed record ModelRefused(ModelRefusal Reason, string Text) : IEvent;

    /// <summary>The model is closed.</summary>
    public sealed record ModelClosed : IEvent;

    /// <summary>The new budget holds; after a shrink, memory above it is given back as leases return.</summary>
    /// <param name="Bytes">The budget in bytes.</param>
    public sealed record BudgetResized(long Bytes) : IEvent;

    /// <summary>The budget stays as it was.</summary>
    /// <param name="Text">Why, with the numbers.</param>
    public sealed record BudgetRefused(string Text) : IEvent;
}
